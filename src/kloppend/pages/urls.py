"""Every address there is. Mails link to these: they stay as they are."""

from django.urls import include, path, re_path
from django.views.i18n import set_language

from kloppend.pages.connect.views import begin
from kloppend.pages.dashboard.booked.views import booked
from kloppend.pages.dashboard.books import views as books
from kloppend.pages.dashboard.credits import views as credit_notes
from kloppend.pages.dashboard.files import views as files
from kloppend.pages.dashboard.home.views import home
from kloppend.pages.dashboard.month.views import month_file, months
from kloppend.pages.dashboard.orders.listed import orders
from kloppend.pages.dashboard.orders.views import decide, order
from kloppend.pages.dashboard.overview.views import fetch_now, overview
from kloppend.pages.dashboard.problems import views as problems
from kloppend.pages.dashboard.profile.views import layout
from kloppend.pages.dashboard.report.views import report
from kloppend.pages.dashboard.settings.views import pause, settings
from kloppend.pages.dashboard.verify.views import verify
from kloppend.pages.extension.views import check
from kloppend.pages.look.appearance import choose_look

of_connection = [
    path("", overview, name="overview"),
    path("fetch/", fetch_now, name="fetch_now"),
    path("verify/", verify, name="verify"),
    path("problems/", problems.problems, name="problems"),
    path("process/<path:number>/", problems.process, name="process"),
    path("credit/<path:number>/", credit_notes.credit, name="credit"),
    path("new-invoice/<path:number>/", credit_notes.new_invoice, name="new_invoice"),
    path("credits/<int:credit_id>/withdraw/", credit_notes.take_back_credit, name="credit_withdraw"),
    path("credits/<int:credit_id>/by-hand/", credit_notes.done_by_hand, name="credit_by_hand"),
    path("files/", files.files, name="files"),
    path("files/now/", files.now, name="file_now"),
    path("files/trial/", files.trial, name="file_trial"),
    path("files/<int:batch_id>/download/", files.download, name="file_download"),
    path("files/<int:batch_id>/imported/", files.imported, name="file_imported"),
    path("files/<int:batch_id>/recall/", files.take_back, name="file_recall"),
    path("month/", months, name="months"),
    re_path(r"^month/(?P<month>[12]\d{3}-(?:0[1-9]|1[0-2]))\.csv$", month_file, name="month_file"),
    path("settings/", settings, name="settings"),
    path("settings/pause/", pause, name="pause"),
    path("layout/", layout, name="layout"),
    path("booked/", booked, name="booked"),
    path("report/", report, name="report"),
    path("books/", books.books, name="books"),
    path("books/choose/", books.choose, name="books_choose"),
    path("decide/<path:number>/", decide, name="order_decide"),
    path("orders/", orders, name="orders"),
    path("orders/<path:number>/", order, name="order"),
]

urlpatterns = [
    path("books/back/", books.came_back, name="books_back"),
    path("", home, name="home"),
    path("connect/", begin, name="connect"),
    path("c/<int:connection_id>/", include(of_connection)),
    path("extension/check", check, name="extension_check"),
    path("account/", include("allauth.account.urls")),
    path("account/second-factor/", include("allauth.mfa.urls")),
    path("language/", set_language, name="set_language"),
    path("look/", choose_look, name="choose_look"),
]
