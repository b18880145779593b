"""The words that people write over the columns of a dial list, in Chinese and English.

Words are compared without case, spaces and punctuation (`fold`).
"""

from __future__ import annotations

import re
import unicodedata


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PHONE_BEST = _words(
    """
    手机号 手机号码 手机 移动电话 联系手机 客户手机 客户手机号 联系人手机 手机电话 被叫号码 被叫 外呼号码
    拨打号码 呼叫号码 mobile mobileno mobilenumber mobilephone mobilephonenumber mobiletel cell cellphone
    cellphonenumber cellular msisdn handphone hp celular telefonocelular nomorhp nohp
    """
)
"""A mobile number, or the number to be called in so many words."""

PHONE_GOOD = _words(
    """
    电话 电话号 电话号码 联系电话 客户电话 号码 客户号码 联系号码 联系方式 联系人电话 用户号码 用户电话
    本人电话 业主电话 会员电话 主叫 phone phoneno phonenumber phonenum tel telno telephone telephoneno
    telephonenumber contactnumber contactno contactphone customerphone customernumber number callee
    destination dialnumber phone1 tel1 telefono telepon nomortelepon contact
    """
)

PHONE_SECOND = _words(
    """
    座机 固话 固定电话 家庭电话 住宅电话 办公电话 公司电话 单位电话 备用电话 备用号码 备用手机 其他电话
    紧急联系电话 紧急联系人电话 电话2 手机2 手机号2 landline homephone workphone officephone businessphone
    altphone alternatephone secondaryphone otherphone phone2 phone3 tel2 mobile2 emergencyphone
    emergencycontactnumber fax 传真
    """
)
"""A number, and not the first to be called."""

NAME = _words(
    """
    姓名 客户姓名 名字 名称 客户名称 客户名 联系人 联系人姓名 用户姓名 用户名 业主姓名 会员姓名 称呼 name
    fullname customername customer contactname clientname client firstname nombre nama
    """
)

COUNTRY = _words(
    """
    国家 国家地区 国家代码 国别 地区代码 country countrycode countryiso region iso pais negara
    """
)

IDENTITY = _words(
    """
    序号 编号 客户编号 客户号 会员号 会员编号 订单号 订单编号 合同号 合同编号 身份证 身份证号 身份证号码
    证件号 证件号码 卡号 银行卡号 账号 账户 工号 流水号 户号 保单号 案件号 借据号 车牌号 发票号 快递单号
    运单号 设备号 id no sn customerid customerno userid orderid orderno ordernumber accountid accountno
    accountnumber contractno contractnumber idcard idnumber idno cardno cardnumber policynumber memberid
    serial serialno index rownumber invoiceno imei uuid 金额 余额 欠款 应还金额 amount balance date 日期 时间
    time zip zipcode postcode 邮编
    """
)
"""Numbers that are not for calling."""

OTHER = _words(
    """
    性别 年龄 城市 省份 地址 备注 说明 部门 公司 职位 邮箱 状态 类型 产品 生日 gender sex age city province
    state address remark remarks note notes comment department company title email status type product
    birthday language group tag
    """
)

ALL = PHONE_BEST | PHONE_GOOD | PHONE_SECOND | NAME | COUNTRY | IDENTITY | OTHER


def fold(text: str) -> str:
    """A heading without case, width, spaces, punctuation and bracketed remarks: "联系电话（必填）" is "联系电话"."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    bare = re.sub(r"\([^)]*\)|\[[^\]]*\]|【[^】]*】", "", plain)
    return re.sub(r"[\W_]+", "", bare) or re.sub(r"[\W_]+", "", plain)
